import { once } from 'node:events'
import { type Transferable, Worker } from 'node:worker_threads'

/** Starts a thread that runs a module of this folder, on the sources of the packages. */
export function startThread(module: string, workerData: unknown, transferList: Transferable[] = []): Worker {
  const execArgv = ['--conditions=@ahi-dicom/source']
  return new Worker(new URL(module, import.meta.url), { workerData, transferList, execArgv })
}

/** Resolves with the next message of a thread. */
export async function messageOf(thread: Worker): Promise<unknown> {
  const [message] = await once(thread, 'message')
  return message
}
