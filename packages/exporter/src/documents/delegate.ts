import type { ExporterClient } from '../selection/client.ts'

/** Returns a client with some methods replaced. Methods that `client` lacks stay absent, unless `own` has them. */
export function delegate(client: ExporterClient, own: Partial<ExporterClient>): ExporterClient {
  return new Proxy(client, {
    get(target, name): unknown {
      const member: unknown = Object.hasOwn(own, name) ? Reflect.get(own, name) : Reflect.get(target, name)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}
