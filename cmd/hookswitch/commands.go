package main

import (
	"net"

	"github.com/spf13/cobra"
)

// commands are all that the program does, in the order of the help.
func commands(sh *shared) []*cobra.Command {
	return []*cobra.Command{
		newDemo(sh),
		newServe(sh),
		newSimulate(sh),
		newScenario(sh),
		newCall(sh),
		newChat(sh),
		newTask(sh),
		newAgent(sh),
		newTail(sh),
		newStream(sh),
		newKey(sh),
		newAWS(sh),
		newEnv(sh),
		newDoctor(sh),
		newVersion(sh),
	}
}

// loopback reports whether an address is of this machine only.
func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
