// A product in Go that reports business events with the OpenTelemetry SDK for Go alone:
//
//	OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318 go run . -sessions 3
//
// Take the folder businessevents over: recorder.go sends each event on a short span of its own, marked by
// spanledger.event.id, from a provider with a sampler that keeps everything; functions.go has one function an event and
// is written by `spanledger generate go`. OTEL_EXPORTER_OTLP_PROTOCOL=grpc sends by gRPC (port 4317).
package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	"spanledger.local/go-product/businessevents"
)

func main() {
	sessions := flag.Int("sessions", 1, "how many conversations to report")
	flag.Parse()
	if err := run(context.Background(), *sessions); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, sessions int) (err error) {
	recorder, err := businessevents.Open(ctx, "go-product")
	if err != nil {
		return err
	}
	// Delivers what waits; a program that ends without it loses that.
	defer func() {
		if closing := recorder.Close(ctx); err == nil {
			err = closing
		}
	}()
	events := businessevents.New(recorder)
	for n := 1; n <= sessions; n++ {
		id := fmt.Sprintf("go-%d-%d", os.Getpid(), n)
		start := businessevents.SessionStart{Channel: new(businessevents.ChannelAPI)}
		if err := events.SessionStart(ctx, id, start); err != nil {
			return err
		}
		answer := businessevents.SessionMessage{
			Role:           new(businessevents.RoleAI),
			MessageLength:  new(12),
			ResponseTimeMs: new(float64(100 * n)),
		}
		if err := events.SessionMessage(ctx, id, answer); err != nil {
			return err
		}
		if err := events.SessionEnd(ctx, id, businessevents.SessionEnd{}); err != nil {
			return err
		}
	}
	return nil
}
