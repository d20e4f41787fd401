import { tiledCodeStreams, type CodeStream, type FrameLook } from './tiled-frames.ts'

/** Returns the code streams of frames with this look, from the cache if possible. */
export type CodeStreamsOf = (look: FrameLook) => Promise<readonly CodeStream[]>

/** Most looks kept. Each takes a few megabytes. */
const mostLooks = 8

/** Creates a cache of the most recently used code streams. */
export function createCodeStreamCache(): CodeStreamsOf {
  /** The most recently used one is last. */
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
