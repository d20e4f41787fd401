import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from './free-port.ts'

/** A user of Orthanc. */
interface OrthancUser {
  readonly user: string
  readonly password: string
}

/** Options of {@link startOrthanc}. */
export interface OrthancOptions {
  /** Keeps everything that Orthanc writes. */
  readonly folder: string
  /** Its AE title: it takes associations for that alone. Default: no associations at all. */
  readonly aeTitle?: string | undefined
  /** Who may ask. Default: everybody. */
  readonly user?: OrthancUser | undefined
}

/** An Orthanc server for one test. */
export interface Orthanc extends AsyncDisposable {
  /** URL of its DICOMweb service. */
  readonly dicomWebUrl: string
  /** Where it takes associations. */
  readonly dicomPort: number
  /** Returns the bytes that it keeps of an instance, or undefined if it has none. */
  instance(sopInstanceUid: string): Promise<Uint8Array | undefined>
}

const program = '/usr/sbin/Orthanc'
const plugin = '/usr/share/orthanc/plugins/libOrthancDicomWeb.so'

/** Why Orthanc cannot be used here; undefined if it can. */
export function orthancMissing(): string | undefined {
  return existsSync(plugin) ? undefined : `the DICOMweb plugin of Orthanc is not at ${plugin}`
}

/** Else DCMTK sends an answer in two parts, and waits some 40 ms between them for what the system acknowledges late. */
export const answerAtOnce: NodeJS.ProcessEnv = { ...process.env, TCP_NODELAY: '1' }

/** Starts Orthanc with its DICOMweb plugin on a free port. */
export async function startOrthanc({ folder, user, aeTitle }: OrthancOptions): Promise<Orthanc> {
  const [port, dicomPort] = [await freePort(), await freePort()]
  await mkdir(folder, { recursive: true })
  const configuration = join(folder, 'orthanc.json')
  await writeFile(
    configuration,
    JSON.stringify({
      StorageDirectory: join(folder, 'storage'),
      IndexDirectory: join(folder, 'storage'),
      TemporaryDirectory: folder,
      Plugins: [plugin],
      HttpPort: port,
      HttpDescribeErrors: true,
      DicomServerEnabled: aeTitle !== undefined,
      ...(aeTitle !== undefined && { DicomAet: aeTitle, DicomPort: dicomPort, DicomCheckCalledAet: true }),
      DicomAlwaysAllowStore: true,
      UnknownSopClassAccepted: true,
      // An instance that comes again takes the place of the one that is there.
      OverwriteInstances: true,
      RemoteAccessAllowed: false,
      AuthenticationEnabled: user !== undefined,
      ...(user && { RegisteredUsers: { [user.user]: user.password } }),
      DicomWeb: { Enable: true },
    }),
  )
  const running = spawn(program, [configuration], { stdio: 'ignore', env: answerAtOnce })
  const base = `http://127.0.0.1:${port}`
  const headers = user && { authorization: `Basic ${btoa(`${user.user}:${user.password}`)}` }
  const get = (path: string): Promise<Response> => fetch(`${base}${path}`, headers && { headers })
  await untilAnswered(running, () => get('/system'))
  return {
    dicomWebUrl: `${base}/dicom-web`,
    dicomPort,
    async instance(sopInstanceUid) {
      const init = { method: 'POST', body: sopInstanceUid, ...(headers && { headers }) }
      const found: unknown = await (await fetch(`${base}/tools/lookup`, init)).json()
      const [one] = Array.isArray(found) ? found.filter(({ Type: type }) => type === 'Instance') : []
      if (one === undefined) return undefined
      return await (await get(`/instances/${String(one.ID)}/file`)).bytes()
    },
    async [Symbol.asyncDispose]() {
      const ended = new Promise((resolve) => running.once('exit', resolve))
      running.kill()
      await ended
    },
  }
}

/** Asks until Orthanc answers: it says nowhere else that it is ready. */
async function untilAnswered(running: ChildProcess, ask: () => Promise<Response>): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if (running.exitCode !== null) throw new Error(`Orthanc ended with exit code ${running.exitCode}`)
    const response = await ask().catch(() => undefined)
    if (response?.ok === true) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  running.kill()
  throw new Error('Orthanc does not answer')
}
