package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"
)

// completionWait bounds how long a shell waits for live values.
const completionWait = time.Second

type completion = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective)

// instanceFlag adds --instance with the instances of the server as completions.
func (sh *shared) instanceFlag(c *cobra.Command, name *string, help string) {
	c.Flags().StringVar(name, "instance", "", help)
	c.RegisterFlagCompletionFunc("instance", sh.live(func(ctx context.Context, c *client) (names []string) {
		all, _ := c.instances(ctx)
		for _, i := range all {
			names = append(names, i.name())
		}
		return names
	}))
}

// agentNames completes names of agents of the instance that the flag names.
func (sh *shared) agentNames(instanceName *string) completion {
	return sh.live(func(ctx context.Context, c *client) (names []string) {
		i, err := c.instance(ctx, *instanceName)
		if err != nil {
			return nil
		}
		all, _ := c.agents(ctx, i)
		for _, a := range all {
			names = append(names, a.Username)
		}
		return names
	})
}

// live completes with what the server says now; nothing when it says nothing.
func (sh *shared) live(values func(context.Context, *client) []string) completion {
	return func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		if settle(cmd, sh.config) != nil { // --endpoint may come from the environment; no command has run yet
			return nil, cobra.ShellCompDirectiveError
		}
		c, err := sh.client()
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		parent := cmd.Context()
		if parent == nil {
			parent = context.Background()
		}
		ctx, cancel := context.WithTimeout(parent, completionWait)
		defer cancel()
		return values(ctx, c), cobra.ShellCompDirectiveNoFileComp
	}
}
