import type { FrameDecoder } from '@ahi-dicom/dicomizer'
import type { DecodedFrame } from '@ahi-dicom/htj2k-decoder'
import type { Answer, Question } from './messages.ts'

/** Makes a decoder that has a Web Worker decode. */
export function createThreadDecoder(): FrameDecoder {
  const worker = new Worker(new URL('./decode-thread.js', import.meta.url), { type: 'module' })
  const waiting = new Map<number, PromiseWithResolvers<DecodedFrame>>()
  let lastId = 0

  worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
    const question = waiting.get(data.id)
    waiting.delete(data.id)
    if ('frame' in data) question?.resolve(data.frame)
    else question?.reject(new Error(data.why))
  })
  worker.addEventListener('error', ({ message }) => {
    for (const { reject } of waiting.values()) reject(new Error(message))
    waiting.clear()
  })

  return {
    decode(codeStream) {
      lastId += 1
      const question: Question = { id: lastId, codeStream }
      const answer = Promise.withResolvers<DecodedFrame>()
      waiting.set(question.id, answer)
      worker.postMessage(question, [codeStream.buffer])
      return answer.promise
    },
  }
}
