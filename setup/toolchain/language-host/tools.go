//go:build tools

// Package build pins the module of the Python language host; `setup` builds it from here.
package build

import _ "github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python"
