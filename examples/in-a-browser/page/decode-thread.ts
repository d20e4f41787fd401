/** The Web Worker of `thread-decoder.ts`: the page stays free while it decodes. */
import { decodeFrame } from '@ahi-dicom/htj2k-decoder'
import { setCodecFiles } from '@ahi-dicom/htj2k-decoder/browser'
import openJph from '@ahi-dicom/htj2k-decoder/openjph.wasm'
import type { Answer, Question } from './messages.ts'

// esbuild gives the name of the copied file. Vite, webpack and others find the files by themselves.
setCodecFiles({ openJph: new URL(openJph, import.meta.url) })

addEventListener('message', ({ data }: MessageEvent<Question>) => void decode(data))

async function decode({ id, codeStream }: Question): Promise<void> {
  try {
    const frame = await decodeFrame(codeStream)
    answer({ id, frame }, [frame.pixels.buffer])
  } catch (error) {
    answer({ id, why: error instanceof Error ? error.message : String(error) }, [])
  }
}

function answer(message: Answer, transfer: ArrayBuffer[]): void {
  postMessage(message, { transfer })
}
