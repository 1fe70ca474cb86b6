// What BuildKit's own linter says of Dockerfiles, without a BuildKit: nothing is built and nothing is fetched.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/frontend/dockerui"
	"github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

var platform = ocispecs.Platform{OS: "linux", Architecture: "amd64"}

// bases is a registry that has every image, and knows nothing of any.
type bases struct{}

func (bases) ResolveImageConfig(_ context.Context, ref string, _ sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	return ref, "", []byte(`{"architecture":"amd64","os":"linux","config":{}}`), nil
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: buildkit-lint DOCKERFILE…")
		os.Exit(2)
	}
	found := false
	for _, path := range os.Args[1:] {
		lines, err := lint(path)
		if err != nil {
			lines = append(lines, fmt.Sprintf("%s: %v", path, err))
		}
		for _, line := range lines {
			found = true
			fmt.Println(line)
		}
	}
	if found {
		os.Exit(1)
	}
}

func lint(path string) ([]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	// Positions in messages belong to a source, and a source to some state, however empty.
	definition, err := llb.Scratch().Marshal(ctx, llb.Platform(platform))
	if err != nil {
		return nil, err
	}
	state := llb.Scratch()
	sources := llb.NewSourceMap(&state, path, "Dockerfile", text)
	sources.Definition = &llb.Definition{Def: definition.Def, Metadata: definition.Metadata, Constraints: definition.Constraints}
	results, err := dockerfile2llb.DockerfileLint(ctx, text, dockerfile2llb.ConvertOpt{
		Config:         dockerui.Config{BuildPlatforms: []ocispecs.Platform{platform}},
		SourceMap:      sources,
		TargetPlatform: &platform,
		MetaResolver:   bases{},
	})
	if err != nil {
		return nil, err
	}
	var lines []string
	for _, warning := range results.Warnings {
		line := int32(0)
		if ranges := warning.Location.GetRanges(); len(ranges) > 0 {
			line = ranges[0].GetStart().GetLine()
		}
		lines = append(lines, fmt.Sprintf("%s:%d: %s: %s", path, line, warning.RuleName, warning.Detail))
	}
	if results.Error != nil {
		lines = append(lines, fmt.Sprintf("%s: %s", path, results.Error.Message))
	}
	return lines, nil
}
