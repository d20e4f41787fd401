import { readFile, writeFile } from 'node:fs/promises'

const document = new URL('../../../docs/benchmarks.md', import.meta.url)
const [start, end] = ['<!-- npm run bench: start -->', '<!-- npm run bench: end -->']

/** Replaces the generated part of docs/benchmarks.md. */
export async function writeDocument(report: string): Promise<void> {
  const text = await readFile(document, 'utf8')
  const [before, generated] = [text.indexOf(start), text.indexOf(end)]
  if (before < 0 || generated < before) throw new Error(`Cannot write docs/benchmarks.md: it lacks ${start} or ${end}`)
  await writeFile(document, `${text.slice(0, before + start.length)}\n\n${report}\n\n${text.slice(generated)}`)
}
