import type { InstanceToSend } from './send-instances.ts'

/** Puts instances together that are sent in one request. */
export interface Batches {
  /** Notes that an instance is being read, which may soon be added. Call the result when it is read, or has failed. */
  reading(): () => void
  add(instance: InstanceToSend): void
  /** Sends what waits. */
  send(): void
}

/** Bounds of a request. */
export interface BatchLimits {
  readonly maxByteLength: number
  readonly maxInstances: number
}

/** The longest that an instance waits for others while they are being read, in milliseconds. */
const longestWaitMs = 50

/**
 * Makes batches. One is sent when it is full, when no other instance is being read, and after a short time: what is being
 * read may take long.
 */
export function createBatches(
  { maxByteLength, maxInstances }: BatchLimits,
  onBatch: (instances: readonly InstanceToSend[]) => void,
): Batches {
  let batch = new Map<string, InstanceToSend>()
  let byteLength = 0
  let readers = 0
  let timer: NodeJS.Timeout | undefined

  function send(): void {
    clearTimeout(timer)
    timer = undefined
    if (batch.size === 0) return
    const instances = [...batch.values()]
    batch = new Map()
    byteLength = 0
    onBatch(instances)
  }

  return {
    reading() {
      readers += 1
      let isOver = false
      return () => {
        if (isOver) return
        isOver = true
        readers -= 1
        if (readers === 0) send()
      }
    },
    add(instance) {
      const { sopInstanceUid, heldByteLength, rest } = instance.held
      if (rest !== undefined) {
        onBatch([instance])
        return
      }
      // The answer tells instances apart by their UIDs.
      if (byteLength + heldByteLength > maxByteLength || batch.has(sopInstanceUid)) send()
      batch.set(sopInstanceUid, instance)
      byteLength += heldByteLength
      if (batch.size >= maxInstances || byteLength >= maxByteLength) send()
      else timer ??= setTimeout(send, longestWaitMs)
    },
    send,
  }
}
