import { createAhiClient, type DatastoreSummary } from '@ahi-dicom/ahi-client'
import type { CommandContext } from '../command-context.ts'
import { exitCodes, type ExitCode } from '../exit-codes.ts'
import { printJsonLine } from '../json-line.ts'
import { formatTable } from '../table.ts'

/** Lists the data stores as a table, or with `--json` as one `DatastoreSummary` per line. */
export async function listDatastores({ terminal, global, log, signal, connection }: CommandContext): Promise<ExitCode> {
  await using client = createAhiClient(connection())
  const datastores: DatastoreSummary[] = []
  for await (const datastore of client.listDatastores({ signal })) datastores.push(datastore)
  if (global.json === true) {
    for (const datastore of datastores) await printJsonLine(terminal, datastore)
    return exitCodes.ok
  }
  if (datastores.length === 0) log.info('no data stores in this account and region')
  const rows = datastores.map(({ datastoreId, datastoreName, datastoreStatus, createdAt }) => [
    datastoreId,
    datastoreName ?? '',
    datastoreStatus ?? '',
    createdAt?.toISOString().slice(0, 10) ?? '',
  ])
  await terminal.print(formatTable(columns, rows, { width: terminal.outputColumns }))
  return exitCodes.ok
}

const columns = [
  { title: 'DatastoreId' },
  { title: 'Name', mayBeCut: true },
  { title: 'Status' },
  { title: 'Created' },
] as const
