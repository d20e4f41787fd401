import { encodeReport, type ReportPageOptions } from '@ahi-dicom/report-page'
import type { EntryData, ExportData, InstanceData, SeriesData } from '../src/page/page-data.ts'

/** The data of a page, as its script reads it. */
export interface PageBlocks extends ExportData {
  readonly series: readonly SeriesData[]
  readonly instances: readonly (readonly InstanceData[])[]
  readonly failures: readonly EntryData[]
  readonly warnings: readonly EntryData[]
}

/** Returns the text of a page. */
export async function pageOf(options: ReportPageOptions): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of encodeReport(options)) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

/** Reads the blocks of a page. */
export function blocksOf(page: string): PageBlocks {
  const about: ExportData = JSON.parse(textsOf(page, 'export')[0] ?? '')
  return {
    ...about,
    series: textsOf(page, 'series').map((text): SeriesData => JSON.parse(text)),
    instances: textsOf(page, 'instances').map((text): readonly InstanceData[] => JSON.parse(text)),
    failures: JSON.parse(textsOf(page, 'failure-data')[0] ?? ''),
    warnings: JSON.parse(textsOf(page, 'warning-data')[0] ?? ''),
  }
}

function textsOf(page: string, name: string): readonly string[] {
  const blocks = page.matchAll(/<script type="application\/json" (?:id|class)="([^"]+)">([^]*?)<\/script>/g)
  return Array.from(blocks).flatMap(([, found, text = '']) => (found === name ? [text] : []))
}
