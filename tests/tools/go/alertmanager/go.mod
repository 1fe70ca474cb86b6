// Alertmanager and its amtool.
module example.com/tools/alertmanager

go 1.26.0

require github.com/prometheus/alertmanager v0.34.0

tool (
	github.com/prometheus/alertmanager/cmd/alertmanager
	github.com/prometheus/alertmanager/cmd/amtool
)
