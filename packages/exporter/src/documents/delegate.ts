import type { ExporterClient } from '../selection/client.ts'

/** Returns a client that does what another one does, but for some methods. Methods that the other one lacks stay absent. */
export function delegate(client: ExporterClient, own: Partial<ExporterClient>): ExporterClient {
  return new Proxy(client, {
    get(target, name): unknown {
      const member: unknown = Object.hasOwn(own, name) ? Reflect.get(own, name) : Reflect.get(target, name)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}
