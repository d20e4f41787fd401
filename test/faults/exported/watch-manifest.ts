import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/** How long parts of an export took, in seconds. */
export interface Tenths {
  readonly first: number
  readonly last: number
}

const intervalMs = 50

/** Watches the manifest of an export grow until `ended`, and returns how long its first and its last tenth took. */
export async function timeTenths(folder: string, ended: Promise<unknown>): Promise<Tenths> {
  const sizes: { readonly at: number; readonly bytes: number }[] = []
  const isOver = ended.then(() => true)
  do {
    const { size } = await stat(join(folder, 'manifest.ndjson')).catch(() => ({ size: 0 }))
    if (size > (sizes.at(-1)?.bytes ?? 0)) sizes.push({ at: performance.now() / 1000, bytes: size })
  } while (!(await Promise.race([isOver, wait(intervalMs, false)])))
  const total = sizes.at(-1)?.bytes ?? 0
  const timeOf = (share: number): number => sizes.find(({ bytes }) => bytes >= total * share)?.at ?? 0
  return { first: timeOf(0.1) - timeOf(0), last: timeOf(1) - timeOf(0.9) }
}
