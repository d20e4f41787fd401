import { createServer, type Server, type ServerResponse } from 'node:http'
import { metrics } from '@opentelemetry/api'
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { UsageError } from '../errors.ts'

/** Options of {@link serveMetrics}. */
export interface MetricsOptions {
  /** 0: any free port. */
  readonly port: number
  /** Address to listen on. Default: all addresses, because orchestrators ask from outside of the container. */
  readonly host: string | undefined
  /** Returns the metrics of the queue in the text format of Prometheus. */
  readonly queueMetrics: () => Promise<string>
  /** Resolves with the reason why the worker takes no jobs, or `undefined` if it takes them. */
  readonly problem: () => Promise<string | undefined>
}

/** A server for `/metrics` and `/healthz`. */
export interface MetricsServer extends AsyncDisposable {
  readonly port: number
  /** False if the process has its own OpenTelemetry SDK. It receives the counters of the export, and they are not served. */
  readonly hasCounters: boolean
}

/** Longest time to wait for the queue. */
const longestMs = 5000

/** Serves metrics and health. The metrics include the counters of exports that start later. */
export async function serveMetrics(options: MetricsOptions): Promise<MetricsServer> {
  const reader = new CollectingReader()
  const provider = new MeterProvider({ readers: [reader] })
  const hasCounters = metrics.setGlobalMeterProvider(provider)
  const serializer = new PrometheusSerializer('', false, undefined, true, true)

  async function answer(path: string): Promise<Answer> {
    if (path === '/healthz') {
      const problem = await withinTime(options.problem()).catch(() => 'Redis does not answer')
      return problem === undefined ? { status: 200, text: 'ok\n' } : { status: 503, text: `${problem}\n` }
    }
    if (path !== '/metrics') return { status: 404, text: 'not found; use /metrics or /healthz\n' }
    const counters = hasCounters ? serializer.serialize((await reader.collect()).resourceMetrics) : ''
    // If Redis does not answer, the counters of the export are served alone.
    const ofQueue = await withinTime(options.queueMetrics()).catch(() => '')
    return { status: 200, text: `${ofQueue}${counters}` }
  }

  const server = createServer(({ url = '', method }, response) => {
    if (method !== 'GET' && method !== 'HEAD') return send(response, { status: 405, text: 'use GET\n' })
    answer(url.split('?', 1)[0] ?? '').then(
      (answered) => send(response, answered),
      () => send(response, { status: 500, text: 'the metrics cannot be read\n' }),
    )
  })
  const port = await listen(server, options)
  return {
    port,
    hasCounters,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await provider.shutdown()
    },
  }
}

interface Answer {
  readonly status: number
  readonly text: string
}

/** Collects metrics only when `collect` is called. */
class CollectingReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

function send(response: ServerResponse, { status, text }: Answer): void {
  response.writeHead(status, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text)
}

async function withinTime<Result>(result: Promise<Result>): Promise<Result> {
  const timeout = Promise.withResolvers<never>()
  const timer = setTimeout(() => timeout.reject(new Error('No answer within 5 seconds')), longestMs)
  try {
    return await Promise.race([result, timeout.promise])
  } finally {
    clearTimeout(timer)
  }
}

async function listen(server: Server, { port, host }: MetricsOptions): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(port, host, resolve)
  try {
    await promise
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
    throw new UsageError(`Cannot serve metrics at port ${port} of --metrics-port: ${code}; choose another port`, {
      cause,
    })
  }
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : port
}
