/** One sample of a metric, with the metric's description. */
export interface Metric {
  readonly name: string
  readonly type: 'gauge' | 'counter'
  readonly help: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** Returns metrics in the Prometheus text format, grouped by name. */
export function metricText(metrics: readonly Metric[]): string {
  const names = new Set(metrics.map(({ name }) => name))
  const lines = [...names].flatMap((name) => {
    const same = metrics.filter((metric) => metric.name === name)
    const [first] = same
    if (first === undefined) return []
    return [`# HELP ${name} ${first.help}`, `# TYPE ${name} ${first.type}`, ...same.map(sampleLine)]
  })
  return lines.map((line) => `${line}\n`).join('')
}

function sampleLine({ name, labels, value }: Metric): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`)
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
