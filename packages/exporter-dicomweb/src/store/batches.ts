import type { InstanceToSend } from './send-instances.ts'

/** Collects instances into requests. */
export interface Batches {
  /**
   * Records that an instance is being read and may soon be added. Call the result when it was read, or reading failed.
   */
  reading(): () => void
  add(instance: InstanceToSend): void
  /** Sends the waiting instances. */
  send(): void
}

/** Limits of a request. */
export interface BatchLimits {
  readonly maxByteLength: number
  readonly maxInstances: number
}

/** Longest time in milliseconds that an instance waits for others that are being read. */
const longestWaitMs = 50

/**
 * Creates batches. A batch is sent when it is full, when no other instance is being read, or after a short time,
 * because reading may take long.
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
      // The answer identifies instances by UID.
      if (byteLength + heldByteLength > maxByteLength || batch.has(sopInstanceUid)) send()
      batch.set(sopInstanceUid, instance)
      byteLength += heldByteLength
      if (batch.size >= maxInstances || byteLength >= maxByteLength) send()
      else timer ??= setTimeout(send, longestWaitMs)
    },
    send,
  }
}
