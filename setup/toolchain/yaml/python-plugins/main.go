// Stands before the Python language host and runs plugins that are written in Python.
//
// An engine of today says where a plugin is in a field that the newest host which is a Go module
// doesn't know. Everything else goes on to that host as it comes.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/emptypb"
)

const messageBytes = 400 << 20

func main() {
	if err := serve(os.Args[1], os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serve starts the host and answers for it until it ends.
func serve(host string, args []string) error {
	// The kind of environment, of which that host knows one only.
	args = slices.DeleteFunc(args, func(arg string) bool { return strings.Contains(arg, "-toolchain=") })
	cmd := exec.Command(host, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	lines := bufio.NewReader(out)
	port, err := lines.ReadString('\n')
	if err != nil {
		return fmt.Errorf("the Python language host gave no port: %w", err)
	}
	behind, err := grpc.NewClient("127.0.0.1:"+strings.TrimSpace(port),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(messageBytes)))
	if err != nil {
		return err
	}
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: make(chan bool),
		Init: func(server *grpc.Server) error {
			server.RegisterService(&plugins, nil)
			return nil
		},
		Options: []grpc.ServerOption{grpc.UnknownServiceHandler(forwardTo(behind))},
	})
	if err != nil {
		return err
	}
	fmt.Println(handle.Port)
	_, _ = io.Copy(os.Stdout, lines)
	// However the host ends, it has said why; the engine ends it by a signal.
	_ = cmd.Wait()
	return nil
}

// forwardTo hands a call on. An empty message keeps the fields that it doesn't know, so it holds
// any request and any answer.
func forwardTo(host *grpc.ClientConn) grpc.StreamHandler {
	both := &grpc.StreamDesc{ServerStreams: true, ClientStreams: true}
	return func(_ any, in grpc.ServerStream) error {
		method, _ := grpc.MethodFromServerStream(in)
		out, err := host.NewStream(in.Context(), both, method)
		if err != nil {
			return err
		}
		request := &emptypb.Empty{}
		if err := in.RecvMsg(request); err != nil {
			return err
		}
		if err := errors.Join(out.SendMsg(request), out.CloseSend()); err != nil {
			return err
		}
		for {
			answer := &emptypb.Empty{}
			if err := out.RecvMsg(answer); errors.Is(err, io.EOF) {
				return nil
			} else if err != nil {
				return err
			}
			if err := in.SendMsg(answer); err != nil {
				return err
			}
		}
	}
}

// plugins are the methods of a language host that are answered here.
var plugins = grpc.ServiceDesc{
	ServiceName: "pulumirpc.LanguageRuntime",
	HandlerType: (*any)(nil),
	Streams: []grpc.StreamDesc{
		{StreamName: "InstallDependencies", ServerStreams: true, Handler: answeredBy(install)},
		{StreamName: "RunPlugin", ServerStreams: true, Handler: answeredBy(run)},
	},
}

func answeredBy[Request, Answer any](answer func(*Request, grpc.ServerStreamingServer[Answer]) error) grpc.StreamHandler {
	return func(_ any, stream grpc.ServerStream) error {
		request := new(Request)
		if err := stream.RecvMsg(request); err != nil {
			return err
		}
		return answer(request, &grpc.GenericServerStream[Request, Answer]{ServerStream: stream})
	}
}

// install makes the plugin's virtual environment, unless it is there.
func install(request *pulumirpc.InstallDependenciesRequest,
	answers pulumirpc.LanguageRuntime_InstallDependenciesServer,
) error {
	python := pythonOf(request.Info)
	if _, err := os.Stat(python); err == nil {
		return nil
	}
	closer, stdout, stderr, err := rpcutil.MakeInstallDependenciesStreams(answers, request.IsTerminal)
	if err != nil {
		return err
	}
	defer closer.Close()
	for _, words := range [][]string{
		{"python3", "-m", "venv", filepath.Dir(filepath.Dir(python))},
		{python, "-m", "pip", "install", "-r", "requirements.txt"},
	} {
		cmd := exec.CommandContext(answers.Context(), words[0], words[1:]...)
		cmd.Dir, cmd.Stdout, cmd.Stderr = request.Info.RootDirectory, stdout, stderr
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("%s: %w", strings.Join(words, " "), err)
		}
	}
	return nil
}

// run starts the plugin's program and relays what it prints, until it ends or the engine lets go.
func run(request *pulumirpc.RunPluginRequest, answers pulumirpc.LanguageRuntime_RunPluginServer) error {
	closer, stdout, stderr, err := rpcutil.MakeRunPluginStreams(answers, false)
	if err != nil {
		return err
	}
	defer closer.Close()
	program := filepath.Join(request.Info.ProgramDirectory, request.Info.EntryPoint)
	words := append([]string{program}, request.Args...)
	cmd := exec.CommandContext(answers.Context(), pythonOf(request.Info), words...)
	cmd.Dir, cmd.Env = request.Pwd, request.Env
	cmd.Stdout, cmd.Stderr = stdout, stderr
	err = cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) && answers.Context().Err() == nil {
		code := pulumirpc.RunPluginResponse_Exitcode{Exitcode: int32(exit.ExitCode())}
		return answers.Send(&pulumirpc.RunPluginResponse{Output: &code})
	}
	return err
}

// pythonOf is the Python of the virtual environment that PulumiPlugin.yaml names.
func pythonOf(info *pulumirpc.ProgramInfo) string {
	environment := info.Options.GetFields()["virtualenv"].GetStringValue()
	if !filepath.IsAbs(environment) {
		environment = filepath.Join(info.RootDirectory, environment)
	}
	return filepath.Join(environment, "bin", "python")
}
