import { expect, test } from 'vitest'
import { CodecFileError, setCodecFiles } from '../src/browser.ts'
import { loadCodecFile } from '../src/codecs/codec-files.ts'
import { DecoderPoolError } from '../src/errors.ts'
import { createDecoderPool } from '../src/pool/no-decoder-pool.ts'

test('a codec is loaded from the given bytes or URL', async () => {
  const bytes = Uint8Array.of(1, 2, 3)
  setCodecFiles({ openJph: bytes, openJpeg: bytes.slice().buffer, libjpegTurbo: 'data:application/wasm;base64,AQID' })
  for (const name of ['openJph', 'openJpeg', 'libjpegTurbo'] as const) expect(await loadCodecFile(name)).toEqual(bytes)
})

test('the error for a missing codec file names its URL', async () => {
  const url = 'data:application/wasm;base64,!'
  setCodecFiles({ openJph: new URL(url) })
  const loading = loadCodecFile('openJph')
  await expect(loading).rejects.toBeInstanceOf(CodecFileError)
  await expect(loading).rejects.toMatchObject({ code: 'CODEC_FILE_NOT_LOADED', url })
})

test('createDecoderPool throws in a browser', () => {
  expect(createDecoderPool).toThrow(DecoderPoolError)
  expect(createDecoderPool).toThrow(/use `decodeFrame`/)
})
