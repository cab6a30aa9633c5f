package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/spf13/cobra"
)

// clientEnvironment is what points an unmodified AWS client at the server. A client that is set up already keeps its
// own credentials and Region.
func clientEnvironment(endpoint string) [][2]string {
	env := [][2]string{{"AWS_ENDPOINT_URL", endpoint}}
	for _, d := range [][2]string{{"AWS_ACCESS_KEY_ID", "test"}, {"AWS_SECRET_ACCESS_KEY", "test"}, {"AWS_REGION", "us-east-1"}, {"AWS_DEFAULT_REGION", "us-east-1"}} {
		if v := os.Getenv(d[0]); v != "" {
			d[1] = v
		}
		env = append(env, d)
	}
	return env
}

func newEnv(sh *shared) *cobra.Command {
	return &cobra.Command{
		Use:   "env",
		Short: "Print the variables that point AWS clients at the server",
		Long: `Print the variables that point unmodified AWS SDKs and the AWS CLI at the server, in the shell's form.

Clients older than July 2023 do not know AWS_ENDPOINT_URL: use "hookswitch aws" or their own endpoint setting.
An access key id of 12 digits is taken as the account id.`,
		Example: "  eval \"$(hookswitch env)\"\n  hookswitch env --json",
		Args:    noArguments,
		RunE: func(*cobra.Command, []string) error {
			env := clientEnvironment(sh.endpoint)
			if sh.json {
				m := map[string]string{}
				for _, e := range env {
					m[e[0]] = e[1]
				}
				return sh.writeJSON(m)
			}
			for _, e := range env {
				fmt.Fprintf(sh.out, "export %s='%s'\n", e[0], strings.ReplaceAll(e[1], "'", `'\''`))
			}
			return nil
		},
	}
}

func newAWS(sh *shared) *cobra.Command {
	return &cobra.Command{
		Use:   "aws [arguments of the AWS CLI]",
		Short: "Run the installed AWS CLI against the server",
		Example: `  hookswitch aws kinesis list-streams
  hookswitch aws connect list-instances --output table`,
		DisableFlagParsing: true,
		PersistentPreRunE:  func(*cobra.Command, []string) error { return nil }, // every argument is the AWS CLI's
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 && (args[0] == "--help" || args[0] == "-h") {
				return cmd.Help()
			}
			path, err := exec.LookPath("aws")
			if err != nil {
				return fmt.Errorf("the AWS CLI is not installed (no aws in PATH); any AWS SDK works too, see: hookswitch env")
			}
			endpoint := sh.endpoint
			if v := os.Getenv(environmentName("endpoint")); v != "" {
				endpoint = v
			}
			c := exec.CommandContext(cmd.Context(), path, append([]string{"--endpoint-url", endpoint}, args...)...)
			c.Env = os.Environ()
			for _, e := range clientEnvironment(endpoint) {
				c.Env = append(c.Env, e[0]+"="+e[1])
			}
			c.Stdin, c.Stdout, c.Stderr = sh.in, sh.out, sh.err
			err = c.Run()
			if exit, ok := err.(*exec.ExitError); ok {
				return &exitError{code: exit.ExitCode()}
			}
			return err
		},
	}
}
