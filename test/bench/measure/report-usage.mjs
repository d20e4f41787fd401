/**
 * Writes what a process took to file descriptor 3, one line of JSON for each report. Measured processes preload it, and
 * their worker threads inherit it. It is plain JavaScript, because stripping types takes 60 ms of CPU in each process.
 */
import { readdirSync, readFileSync, readlinkSync, writeSync } from 'node:fs'
import { Worker, isMainThread } from 'node:worker_threads'

const tasks = '/proc/self/task'

const { terminate } = Worker.prototype
/** A terminated thread takes its figures with it, so they are read before. */
Worker.prototype.terminate = function terminateAfterReport() {
  reportThreads()
  return terminate.call(this)
}

if (isMainThread) {
  process.on('exit', () => {
    reportThreads()
    const { user, system } = process.cpuUsage()
    report({ cpuSeconds: (user + system) / 1e6, peakMegabytes: (process.resourceUsage().maxRSS * 1024) / 1e6 })
  })
} else {
  reportWorker()
  process.on('exit', reportThreads)
}

function reportWorker() {
  try {
    report({ workerThread: readlinkSync('/proc/thread-self').split('/').at(-1) })
  } catch {
    // Without /proc there are no figures by thread.
  }
}

function reportThreads() {
  report({ threads: listThreads().flatMap((id) => readThread(id)) })
}

function listThreads() {
  try {
    return readdirSync(tasks)
  } catch {
    return []
  }
}

/** Returns an empty array if the thread has just ended. */
function readThread(id) {
  try {
    const [nanoseconds] = readFileSync(`${tasks}/${id}/schedstat`, 'utf8').split(' ')
    const name = readFileSync(`${tasks}/${id}/comm`, 'utf8').trim()
    return [{ id, name, cpuSeconds: Number(nanoseconds) / 1e9 }]
  } catch {
    return []
  }
}

function report(line) {
  writeSync(3, `${JSON.stringify(line)}\n`)
}
