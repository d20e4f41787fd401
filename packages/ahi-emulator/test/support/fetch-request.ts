/** The parts of XMLHttpRequest that dicomweb-client uses, implemented with `fetch`. Node.js has no XMLHttpRequest. */
export class FetchRequest {
  status = 0
  readyState = 0
  response: unknown = undefined
  responseType = ''
  withCredentials = false
  onreadystatechange: () => void = () => undefined
  onloadstart: () => void = () => undefined
  onloadend: () => void = () => undefined
  #method = 'GET'
  #url = ''
  readonly #headers = new Headers()
  #received = new Headers()

  open(method: string, url: string): void {
    this.#method = method
    this.#url = url
  }

  setRequestHeader(name: string, value: string): void {
    this.#headers.append(name, value)
  }

  getResponseHeader(name: string): string | null {
    return this.#received.get(name)
  }

  getAllResponseHeaders(): string {
    return [...this.#received].map(([name, value]) => `${name}: ${value}`).join('\r\n')
  }

  send(body?: Uint8Array<ArrayBuffer> | ArrayBuffer): void {
    void this.#send(body)
  }

  async #send(body: Uint8Array<ArrayBuffer> | ArrayBuffer | undefined): Promise<void> {
    this.onloadstart()
    const response = await fetch(this.#url, { method: this.#method, headers: this.#headers, body: body ?? null })
    this.#received = response.headers
    const bytes = await response.arrayBuffer()
    this.response = this.responseType === 'json' ? JSON.parse(Buffer.from(bytes).toString()) : bytes
    this.status = response.status
    this.readyState = 4
    this.onreadystatechange()
    this.onloadend()
  }
}
