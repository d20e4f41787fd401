import { Agent, request } from 'node:http'
import type { Frames } from '../server/server-process.ts'

/** Fetches every frame over 16 kept-alive connections, with nothing but node:http. */
export async function fetchFrames({ url, frameIds }: Frames, onFrame: (body: Buffer) => void): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 16 })
  await Promise.all(frameIds.map(async (id) => onFrame(await fetchFrame(url, agent, id))))
  agent.destroy()
}

function fetchFrame(url: string, agent: Agent, imageFrameId: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', agent }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve(Buffer.concat(chunks)))
      response.on('error', reject)
    })
    sent.on('error', reject)
    sent.end(JSON.stringify({ imageFrameId }))
  })
}
