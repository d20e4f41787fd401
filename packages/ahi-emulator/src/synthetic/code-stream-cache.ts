import { tiledCodeStreams, type CodeStream, type FrameLook } from './tiled-frames.ts'

/** Makes the code streams of frames that look so, or gives those made before. */
export type CodeStreamsOf = (look: FrameLook) => Promise<readonly CodeStream[]>

/** A look takes some megabytes. */
const mostLooks = 8

/** Keeps the code streams that were used last. */
export function createCodeStreamCache(): CodeStreamsOf {
  /** The one used last at the end. */
  const kept = new Map<string, Promise<readonly CodeStream[]>>()
  return ({ rows, columns, bitsAllocated, samplesPerPixel, seed, losslessStorageFormat }) => {
    const look = { rows, columns, bitsAllocated, samplesPerPixel, seed, losslessStorageFormat }
    const key = JSON.stringify(look)
    const codeStreams = kept.get(key) ?? tiledCodeStreams(look)
    codeStreams.catch(() => kept.delete(key))
    kept.delete(key)
    kept.set(key, codeStreams)
    const [oldest] = kept.keys()
    if (kept.size > mostLooks && oldest !== undefined) kept.delete(oldest)
    return codeStreams
  }
}
