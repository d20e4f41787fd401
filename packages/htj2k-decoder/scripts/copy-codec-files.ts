import { copyFile, mkdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Plugin } from './plugin.ts'

const { resolve } = createRequire(import.meta.url)

/** The WebAssembly files of the codecs, by their new names. */
const files: Readonly<Record<string, string>> = {
  'libjpeg-turbo.wasm': '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasm',
  'openjpeg.wasm': '@cornerstonejs/codec-openjpeg/decodewasm',
  'openjph.wasm': '@cornerstonejs/codec-openjph/wasm',
}

/** Copies the files next to the scripts that load them. */
export const copyCodecFiles: Plugin = {
  name: 'copy-codec-files',
  setup(build) {
    build.onEnd(async () => {
      const folder = build.initialOptions.outdir ?? 'dist'
      await mkdir(folder, { recursive: true })
      for (const [name, source] of Object.entries(files)) await copyFile(resolve(source), join(folder, name))
    })
  },
}
