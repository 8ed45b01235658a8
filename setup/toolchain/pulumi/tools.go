//go:build tools

// Package build pins the module of the Pulumi CLI; `setup` builds it from here.
package build

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
