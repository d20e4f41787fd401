import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'
import { packages } from '../manifests.ts'
import { npm } from './install-packed.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder with a tarball of each package. */
    tarballs: string
  }
}

/** Packs every package once for all test files. Returns the removal of the tarballs. */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const tarballs = await mkdtemp(join(tmpdir(), 'ahi-dicom-tarballs-'))
  const workspaces = packages.flatMap(({ folder }) => ['-w', `packages/${folder}`])
  await npm(root, 'pack', '--silent', '--pack-destination', tarballs, ...workspaces)
  provide('tarballs', tarballs)
  return () => rm(tarballs, { recursive: true, force: true })
}
