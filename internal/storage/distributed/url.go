package distributed

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// ParseURL reads what an operator says about the server in one text:
//
//	nats://user:password@host:4222,host:4222?replicas=3&monitor=http://host:8222&monitor=http://host:8222
//
// Its parameters are replicas, monitor (may be repeated), system (an address with a user of the system account) and
// unsafe-sync (true or false). They fill the Config's members of that meaning; any other is refused. Errors do not show
// passwords.
func ParseURL(text string) (Config, error) {
	address, query, _ := strings.Cut(text, "?")
	cfg := Config{URL: address}
	for _, server := range strings.Split(address, ",") {
		u, err := url.Parse(strings.TrimSpace(server))
		if err != nil || u.Host == "" || u.Scheme != "nats" && u.Scheme != "tls" {
			return Config{}, fmt.Errorf("storage: the server's address must be nats://host:port or tls://host:port, several with commas between")
		}
	}
	params, err := url.ParseQuery(query)
	if err != nil {
		return Config{}, fmt.Errorf("storage: the parameters of the server's address cannot be read")
	}
	for name, values := range params {
		last := values[len(values)-1]
		if name != "monitor" && len(values) > 1 {
			return Config{}, fmt.Errorf("storage: parameter %s of the server's address is given twice", name)
		}
		switch name {
		case "replicas":
			if cfg.Replicas, err = strconv.Atoi(last); err != nil {
				return Config{}, fmt.Errorf("storage: parameter replicas of the server's address is %q; it may be 1, 3 or 5", last)
			}
		case "monitor":
			cfg.MonitorURLs = values
		case "system":
			cfg.SystemURL = last
		case "unsafe-sync":
			if cfg.AllowUnsafeSync, err = strconv.ParseBool(last); err != nil {
				return Config{}, fmt.Errorf("storage: parameter unsafe-sync of the server's address is %q; it may be true or false", last)
			}
		default:
			return Config{}, fmt.Errorf("storage: the server's address has no parameter %q; there are replicas, monitor, system and unsafe-sync", name)
		}
	}
	return cfg, nil
}
