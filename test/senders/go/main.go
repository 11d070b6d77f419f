// Sends what every sender of the tests sends; see test/senders/senders.test.ts.
package main

import (
	"context"
	"math"
	"os"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploggrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlplog/otlploghttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/log"
	sdklog "go.opentelemetry.io/otel/sdk/log"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

type event struct {
	name       string
	attributes []attribute.KeyValue
	at         time.Time
}

func main() {
	if err := send(context.Background()); err != nil {
		// A rejected event is an error to the SDK.
		println(err.Error())
	}
}

func send(ctx context.Context) error {
	now := time.Now()
	of := func(session string, more ...attribute.KeyValue) []attribute.KeyValue {
		return append([]attribute.KeyValue{attribute.String("session_id", session)}, more...)
	}
	events := []event{
		{"session.start", of("plain"), now},
		{"session.message", of("odd",
			attribute.Float64("huge", 1e21),
			attribute.Int64("wide", math.MaxInt64),
			attribute.Int64("low", math.MinInt64),
			attribute.Float64("nan", math.NaN()),
			attribute.String("", "no name"),
			attribute.StringSlice("texts", []string{"a", "b"}),
			attribute.String("text", "你好\n\"\\ 😀"),
		), now},
		{"cache.miss", nil, now},
		{"session.message", of("large", attribute.String("note", strings.Repeat("x", 1<<20))), now},
		{"session.start", of("old"), time.Unix(-1, 0)},
	}
	var many []event
	for n := range 200 {
		many = append(many, event{"session.message", of("many", attribute.Int("n", n)), now})
	}
	named := resource.NewSchemaless(attribute.String("service.name", "judge"))
	if os.Getenv("SIGNAL") == "logs" {
		return sendLogs(ctx, named, append(events, many...))
	}
	return sendTraces(ctx, named, events, many)
}

func sendTraces(ctx context.Context, named *resource.Resource, spans ...[]event) error {
	var exporter sdktrace.SpanExporter
	var err error
	if os.Getenv("PROTOCOL") == "grpc" {
		exporter, err = otlptracegrpc.New(ctx)
	} else {
		exporter, err = otlptracehttp.New(ctx)
	}
	if err != nil {
		return err
	}
	limits := sdktrace.NewSpanLimits()
	limits.EventCountLimit = 1000
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithResource(named),
		sdktrace.WithRawSpanLimits(limits),
		sdktrace.WithBatcher(exporter),
	)
	tracer := provider.Tracer("judge")
	for _, events := range spans {
		_, span := tracer.Start(ctx, "request")
		for _, each := range events {
			span.AddEvent(each.name, trace.WithAttributes(each.attributes...), trace.WithTimestamp(each.at))
		}
		span.End()
	}
	return provider.Shutdown(ctx)
}

func sendLogs(ctx context.Context, named *resource.Resource, events []event) error {
	var exporter sdklog.Exporter
	var err error
	if os.Getenv("PROTOCOL") == "grpc" {
		exporter, err = otlploggrpc.New(ctx)
	} else {
		exporter, err = otlploghttp.New(ctx)
	}
	if err != nil {
		return err
	}
	provider := sdklog.NewLoggerProvider(
		sdklog.WithResource(named),
		sdklog.WithProcessor(sdklog.NewBatchProcessor(exporter)),
	)
	logger := provider.Logger("judge")
	for _, each := range events {
		var record log.Record
		record.SetEventName(each.name)
		record.SetTimestamp(each.at)
		record.AddAttributes(each.attributes...)
		logger.Emit(ctx, record)
	}
	return provider.Shutdown(ctx)
}
