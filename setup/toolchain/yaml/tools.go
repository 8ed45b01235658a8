//go:build tools

// Package build pins the module of the YAML language host; `setup` builds it from here.
package build

import _ "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml"
