// Package simulate is a whole center under one seed: callers and agents whose every choice is drawn from it, a center to
// whom they talk, and a count of what came of it.
//
// Workload is the people alone. It is pure: told what has happened, it says what someone will do, and when. It neither
// knows the time nor whom it talks to, so it drives a machine in virtual time as well as a server over the network.
//
// Simulation is a bare machine in virtual time with such people around it. The same Config always gives the same
// journal and the same documents, byte for byte; every invariant of the machine is checked on the way.
package simulate
