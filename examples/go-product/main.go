// A product in Go that reports business events with the OpenTelemetry SDK for Go alone:
//
//	OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318 go run . -sessions 3
//
// Each event travels as the event of a short span of its own, marked by spanledger.event.id, from a provider
// with a sampler that keeps everything. OTEL_EXPORTER_OTLP_PROTOCOL=grpc sends by gRPC (port 4317).
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"time"

	"go.opentelemetry.io/otel/attribute"
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
	events, err := openBusinessEvents(ctx, "go-product")
	if err != nil {
		return err
	}
	// Delivers what waits; a program that ends without it loses that.
	defer func() {
		if closing := events.close(ctx); err == nil {
			err = closing
		}
	}()
	for n := 1; n <= sessions; n++ {
		id := attribute.String("session_id", fmt.Sprintf("go-%d-%d", os.Getpid(), n))
		if err := events.record(ctx, time.Now(), "session.start", id, attribute.String("channel", "api")); err != nil {
			return err
		}
		answer := []attribute.KeyValue{
			id,
			attribute.String("role", "ai"),
			attribute.Int("message_length", 12),
			attribute.Int("response_time_ms", 100*n),
		}
		if err := events.record(ctx, time.Now(), "session.message", answer...); err != nil {
			return err
		}
		if err := events.record(ctx, time.Now(), "session.end", id); err != nil {
			return err
		}
	}
	return nil
}
