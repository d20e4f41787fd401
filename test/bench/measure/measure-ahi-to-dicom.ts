import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** AHItoDICOM hands no region, secret key or host-prefix setting on, so botocore has to find them here. */
const environment = {
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_DISABLE_HOST_PREFIX_INJECTION: 'true',
}

/** Runs the Python module AHItoDICOM and returns the wall time of its process. Throws if it writes too few files. */
export async function measureAhiToDicom(
  parameters: readonly string[],
  { files }: { readonly files: number },
): Promise<{ readonly wallSeconds: number }> {
  const script = fileURLToPath(new URL('ahi_to_dicom.py', import.meta.url))
  const before = performance.now()
  const { stdout } = await promisify(execFile)('python3', [script, ...parameters], {
    env: { ...process.env, ...environment },
  })
  const wallSeconds = (performance.now() - before) / 1000
  if (Number(stdout) !== files) throw new Error(`Cannot compare with AHItoDICOM: it wrote ${stdout} of ${files} files`)
  return { wallSeconds }
}
