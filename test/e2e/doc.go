// Package e2e holds tests that run the real binary as a child process and let unmodified AWS clients judge it: the AWS
// SDK for Go, boto3 and the AWS CLI. A client that is not installed is skipped, saying so. With -short nothing runs here.
package e2e
