import { setTimeout } from 'node:timers/promises'

/** Where `@opentelemetry/api` keeps what an SDK has registered. */
const registered = Symbol.for('opentelemetry.js.api.1')

/** A service that does not take telemetry must not keep the command. */
const longestMs = 5000

/** Has an SDK of OpenTelemetry that was preloaded send what it has: the process is about to be ended. */
export async function flushTelemetry(): Promise<void> {
  if (Reflect.get(globalThis, registered) === undefined) return
  const { metrics, trace } = await import('@opentelemetry/api')
  const providers = [delegateOf(trace.getTracerProvider()), metrics.getMeterProvider()]
  await Promise.race([Promise.allSettled(providers.map(flush)), setTimeout(longestMs, undefined, { ref: false })])
}

/** The API wraps the provider of traces. */
function delegateOf(provider: object): object {
  return 'getDelegate' in provider && typeof provider.getDelegate === 'function'
    ? Object(provider.getDelegate())
    : provider
}

async function flush(provider: object): Promise<void> {
  if ('forceFlush' in provider && typeof provider.forceFlush === 'function') await provider.forceFlush()
}
