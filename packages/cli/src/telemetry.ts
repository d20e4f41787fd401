import { setTimeout } from 'node:timers/promises'

/** Member of `globalThis` that holds the SDK registered with `@opentelemetry/api`. */
const registered = Symbol.for('opentelemetry.js.api.1')

/** Longest time to wait for the telemetry service. */
const longestMs = 5000

/** Lets a preloaded OpenTelemetry SDK send its data before the process ends. */
export async function flushTelemetry(): Promise<void> {
  if (Reflect.get(globalThis, registered) === undefined) return
  const { metrics, trace } = await import('@opentelemetry/api')
  const providers = [delegateOf(trace.getTracerProvider()), metrics.getMeterProvider()]
  await Promise.race([Promise.allSettled(providers.map(flush)), setTimeout(longestMs, undefined, { ref: false })])
}

/** Returns the SDK's provider of traces, which the API wraps in a proxy. */
function delegateOf(provider: object): object {
  return 'getDelegate' in provider && typeof provider.getDelegate === 'function'
    ? Object(provider.getDelegate())
    : provider
}

async function flush(provider: object): Promise<void> {
  if ('forceFlush' in provider && typeof provider.forceFlush === 'function') await provider.forceFlush()
}
