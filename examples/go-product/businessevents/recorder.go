package businessevents

import (
	"context"
	"fmt"
	"os"
	"strings"
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
const maxWaiting = 100_000

// Limits of the environment are for traces; they would cut the mark off a business event.
var noLimits = sdktrace.SpanLimits{
	AttributeValueLengthLimit:   -1,
	AttributeCountLimit:         -1,
	EventCountLimit:             -1,
	LinkCountLimit:              -1,
	AttributePerEventCountLimit: -1,
	AttributePerLinkCountLimit:  -1,
}

// OTLPRecorder sends each event by OTLP, on a short span of its own.
type OTLPRecorder struct {
	provider *sdktrace.TracerProvider
	tracer   trace.Tracer
	source   string
	numbers  atomic.Int64
}

// Open makes a provider of its own: the sampler of your traces does not decide what is counted. Close it at the end.
func Open(ctx context.Context, service string) (*OTLPRecorder, error) {
	exporter, err := openExporter(ctx)
	if err != nil {
		return nil, err
	}
	// OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES stand above the name in the code.
	product, err := resource.New(ctx, resource.WithAttributes(attribute.String("service.name", service)), resource.WithFromEnv())
	if err != nil {
		return nil, err
	}
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithSampler(sdktrace.AlwaysSample()),
		sdktrace.WithRawSpanLimits(noLimits),
		sdktrace.WithResource(product),
		sdktrace.WithBatcher(exporter, sdktrace.WithMaxQueueSize(maxWaiting), sdktrace.WithBatchTimeout(200*time.Millisecond)),
	)
	source, err := uuid.NewRandom()
	if err != nil {
		return nil, err
	}
	return &OTLPRecorder{provider: provider, tracer: provider.Tracer("business-events"), source: source.String()}, nil
}

func openExporter(ctx context.Context) (*otlptrace.Exporter, error) {
	if os.Getenv("OTEL_EXPORTER_OTLP_PROTOCOL") == "grpc" {
		return otlptracegrpc.New(ctx)
	}
	return otlptracehttp.New(ctx)
}

// Record reports that something happened. The id makes every delivery of it one event; the number shows the receiver
// what never arrived.
func (r *OTLPRecorder) Record(ctx context.Context, name string, occurrence Occurrence, attributes ...attribute.KeyValue) error {
	at := occurrence.At
	if at.IsZero() {
		at = time.Now()
	}
	if at.UnixNano() < 0 {
		return fmt.Errorf("%s: the time %s is before 1970, which OTLP cannot carry", name, at.Format(time.RFC3339))
	}
	id, err := eventID(name, occurrence, at)
	if err != nil {
		return err
	}
	marked := []attribute.KeyValue{
		attribute.String("spanledger.event.id", id.String()),
		attribute.String("spanledger.source.id", r.source),
		attribute.Int64("spanledger.event.seq", r.numbers.Add(1)),
	}
	for _, each := range attributes {
		if each.Value.Type() == attribute.STRING {
			// One text that is not UTF-8 makes the exporter drop its whole batch.
			each = attribute.String(string(each.Key), strings.ToValidUTF8(each.Value.AsString(), "\uFFFD"))
		}
		marked = append(marked, each)
	}
	_, span := r.tracer.Start(ctx, name, trace.WithTimestamp(at))
	span.AddEvent(name, trace.WithTimestamp(at), trace.WithAttributes(marked...))
	span.End(trace.WithTimestamp(at))
	return nil
}

// Close delivers what waits. An event that is recorded afterwards is lost.
func (r *OTLPRecorder) Close(ctx context.Context) error {
	return r.provider.Shutdown(ctx)
}

// Random, once; a name hashed below it is ours.
var namespace = uuid.MustParse("5d7a3f0e-2c1b-4e57-9f63-8a4c1be20d94")

// eventID is a UUIDv7 (RFC 9562, 5.7) of the event's time, or the same UUIDv5 each time for an event with a key.
func eventID(name string, occurrence Occurrence, at time.Time) (uuid.UUID, error) {
	if occurrence.Key != "" {
		if occurrence.At.IsZero() {
			return uuid.Nil, fmt.Errorf("%s: an event with a key needs Occurrence.At, the time at which it happened", name)
		}
		return uuid.NewSHA1(namespace, []byte(name+"|"+occurrence.Key)), nil
	}
	id, err := uuid.NewRandom()
	if err != nil {
		return uuid.Nil, err
	}
	milliseconds := at.UnixMilli()
	for place := range 6 {
		id[place] = byte(milliseconds >> (40 - 8*place))
	}
	id[6] = 0x70 | id[6]&0x0f
	return id, nil
}
