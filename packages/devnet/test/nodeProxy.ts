import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What goes wrong with a method. */
type Fault =
  | { readonly type: 'answer'; readonly code: number; readonly message: string }
  /** The node hears the request, the client gets no answer. */
  | { readonly type: 'lose-answer' }
  /** The node hears nothing. */
  | { readonly type: 'lose-request' }

/** Stands before a node, counts what it is asked and breaks what it is told to. */
export interface NodeProxy {
  readonly rpcUrl: string
  /** Methods asked since the start, in order. */
  readonly asked: string[]
  readonly faults: Map<string, Fault>
  stop(): Promise<void>
}

/** Starts a proxy on a free port. */
export async function startNodeProxy(target: string): Promise<NodeProxy> {
  const asked: string[] = []
  const faults = new Map<string, Fault>()
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(request)
    const { id, method } = JSON.parse(body) as { id: number; method: string }
    asked.push(method)
    const fault = faults.get(method)
    if (fault?.type === 'lose-request') {
      request.socket.destroy()
      return
    }
    if (fault?.type === 'answer') {
      const { code, message } = fault
      response.end(JSON.stringify({ jsonrpc: '2.0', id, error: { code, message } }))
      return
    }
    const headers = { 'content-type': 'application/json' }
    const answer = await (await fetch(target, { method: 'POST', headers, body })).text()
    if (fault?.type === 'lose-answer') request.socket.destroy()
    else response.end(answer)
  }
  const server = createServer((request, response) => {
    handle(request, response).catch(() => request.socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    rpcUrl: `http://127.0.0.1:${port}`,
    asked,
    faults,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

async function text(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString()
}
