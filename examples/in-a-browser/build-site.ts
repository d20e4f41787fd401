import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { fetchImageSet } from './fetch-image-set.ts'

const page = fileURLToPath(new URL('page/', import.meta.url))

/** Writes the page, and an image set for it to show, as a web server would have them. */
export async function buildSite(folder: string): Promise<void> {
  await mkdir(join(folder, 'frames'), { recursive: true })
  await build({
    entryPoints: [join(page, 'page.ts'), join(page, 'decode-thread.ts')],
    outdir: folder,
    bundle: true,
    // Each codec is a separate script. The first frame that needs it loads it.
    splitting: true,
    format: 'esm',
    target: 'es2024',
    minify: true,
    sourcemap: true,
    loader: { '.wasm': 'file' },
    logLevel: 'error',
  })
  await cp(join(page, 'index.html'), join(folder, 'index.html'))
  const { metadata, frames } = await fetchImageSet()
  await writeFile(join(folder, 'metadata.json'), metadata)
  for (const { imageFrameId, data } of frames) await writeFile(join(folder, 'frames', imageFrameId), data)
  console.log(`${folder}: a page, a metadata document, ${frames.length} frames`)
}
