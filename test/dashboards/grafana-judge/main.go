// The judge of the dashboards' tests: what Grafana's own Go module for data makes of the answers to the queries.
//
// Reads one JSON case per line and writes one JSON verdict per line. What Grafana's PostgreSQL datasource does
// around that module (the pattern of its macros, its time literals) is written here a second time, on Go's
// regular expressions and clock, so that the expander of the tests has something of another kind to agree with.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend/gtime"
	"github.com/grafana/grafana-plugin-sdk-go/data"
)

type testCase struct {
	// A query with its variables in place; empty if Interval is asked.
	SQL      string   `json:"sql"`
	Interval string   `json:"interval"`
	FromMs   int64    `json:"fromMs"`
	ToMs     int64    `json:"toMs"`
	Format   string   `json:"format"`
	Columns  []column `json:"columns"`
	Rows     [][]any  `json:"rows"`
}

type column struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

type verdict struct {
	Expanded string `json:"expanded"`
	// Seconds of Interval.
	Seconds float64 `json:"seconds"`
	// "wide" or "long": what Grafana takes a time series for.
	Shape string `json:"shape"`
	// Names of the series that Grafana draws, each with its number of points.
	Series map[string]int `json:"series"`
	Error  string         `json:"error"`
}

var macro = regexp.MustCompile(`\$([_a-zA-Z0-9]+)\(([^\)]*)\)`)

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 64<<20)
	out := json.NewEncoder(os.Stdout)
	for in.Scan() {
		var given testCase
		result := verdict{}
		err := json.Unmarshal(in.Bytes(), &given)
		if err == nil {
			err = judge(given, &result)
		}
		if err != nil {
			result.Error = err.Error()
		}
		if err := out.Encode(result); err != nil {
			panic(err)
		}
	}
	if err := in.Err(); err != nil {
		panic(err)
	}
}

func judge(given testCase, result *verdict) error {
	if given.Interval != "" {
		width, err := gtime.ParseInterval(given.Interval)
		result.Seconds = width.Seconds()
		return err
	}
	expanded, err := expand(given)
	if err != nil {
		return err
	}
	result.Expanded = expanded
	if given.Format != "time_series" || len(given.Rows) == 0 {
		return nil
	}
	frame, err := frameOf(given)
	if err != nil {
		return err
	}
	switch frame.TimeSeriesSchema().Type {
	case data.TimeSeriesTypeWide:
		result.Shape = "wide"
	case data.TimeSeriesTypeLong:
		result.Shape = "long"
		if frame, err = data.LongToWide(frame, nil); err != nil {
			return err
		}
	default:
		return fmt.Errorf("Grafana takes this for no time series")
	}
	result.Series = map[string]int{}
	for _, field := range frame.Fields {
		if field.Type().Time() {
			continue
		}
		name := field.Name
		if metric, ok := field.Labels["metric"]; ok {
			name = metric
		}
		result.Series[name] = field.Len()
	}
	return nil
}

func expand(given testCase) (string, error) {
	var unknown error
	expanded := macro.ReplaceAllStringFunc(given.SQL, func(call string) string {
		switch name := macro.FindStringSubmatch(call)[1]; name {
		case "__timeFrom":
			return literal(given.FromMs)
		case "__timeTo":
			return literal(given.ToMs)
		default:
			unknown = fmt.Errorf("unknown macro %q", name)
			return call
		}
	})
	return expanded, unknown
}

func literal(ms int64) string {
	return "'" + time.UnixMilli(ms).UTC().Format(time.RFC3339Nano) + "'"
}

func frameOf(given testCase) (*data.Frame, error) {
	frame := data.NewFrame("")
	for at, column := range given.Columns {
		var field *data.Field
		switch column.Type {
		case "timestamptz":
			field = data.NewField(column.Name, nil, make([]*time.Time, len(given.Rows)))
		case "float8":
			field = data.NewField(column.Name, nil, make([]*float64, len(given.Rows)))
		case "text":
			field = data.NewField(column.Name, nil, make([]*string, len(given.Rows)))
		default:
			return nil, fmt.Errorf("column %q is of type %q", column.Name, column.Type)
		}
		for row, cells := range given.Rows {
			switch value := cells[at].(type) {
			case nil:
			case float64:
				field.Set(row, &value)
			case string:
				if column.Type == "text" {
					field.Set(row, &value)
					continue
				}
				instant, err := time.Parse(time.RFC3339Nano, value)
				if err != nil {
					return nil, err
				}
				field.Set(row, &instant)
			}
		}
		frame.Fields = append(frame.Fields, field)
	}
	return frame, nil
}
