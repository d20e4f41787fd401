import { createOpenJph } from './openjph.ts'
import type { OpenJph } from './openjph.ts'

/** The codec of this thread, instantiated when the first frame comes. */
let codec: Promise<OpenJph> | undefined

/** Gives the codec of this thread, a fresh one where there is none or it is spent. */
export async function usableCodec(): Promise<OpenJph> {
  const current = (codec ??= createOpenJph())
  const openJph = await current.catch((error: unknown) => {
    forget(current)
    throw error
  })
  if (!openJph.isSpent) return openJph
  forget(current)
  return usableCodec()
}

function forget(spent: Promise<OpenJph>): void {
  if (codec === spent) codec = undefined
}
