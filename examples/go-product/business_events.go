package main

import (
	"context"
	"os"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// The default of 2,048 is full after seconds without an answer, and then drops.
const mostWaiting = 100_000

// businessEvents records events and delivers them by OTLP.
type businessEvents struct {
	provider *sdktrace.TracerProvider
	tracer   trace.Tracer
	source   string
	numbers  atomic.Int64
}

// openBusinessEvents makes a provider of its own: what is decided for traces does not thin out what is counted.
func openBusinessEvents(ctx context.Context, service string) (*businessEvents, error) {
	exporter, err := openExporter(ctx)
	if err != nil {
		return nil, err
	}
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithSampler(sdktrace.AlwaysSample()),
		sdktrace.WithResource(resource.NewSchemaless(attribute.String("service.name", service))),
		sdktrace.WithBatcher(exporter, sdktrace.WithMaxQueueSize(mostWaiting), sdktrace.WithBatchTimeout(200*time.Millisecond)),
	)
	source, err := uuid.NewRandom()
	if err != nil {
		return nil, err
	}
	return &businessEvents{provider: provider, tracer: provider.Tracer("business-events"), source: source.String()}, nil
}

func openExporter(ctx context.Context) (*otlptrace.Exporter, error) {
	if os.Getenv("OTEL_EXPORTER_OTLP_PROTOCOL") == "grpc" {
		return otlptracegrpc.New(ctx)
	}
	return otlptracehttp.New(ctx)
}

// record reports that something happened at a time. The id makes every delivery of it one event; the number
// shows the receiver what never arrived.
func (b *businessEvents) record(ctx context.Context, at time.Time, name string, attributes ...attribute.KeyValue) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	marked := append([]attribute.KeyValue{
		attribute.String("spanledger.event.id", id.String()),
		attribute.String("spanledger.source.id", b.source),
		attribute.Int64("spanledger.event.seq", b.numbers.Add(1)),
	}, attributes...)
	_, span := b.tracer.Start(ctx, name, trace.WithTimestamp(at))
	span.AddEvent(name, trace.WithTimestamp(at), trace.WithAttributes(marked...))
	span.End(trace.WithTimestamp(at))
	return nil
}

// close delivers what waits.
func (b *businessEvents) close(ctx context.Context) error {
	return b.provider.Shutdown(ctx)
}
