import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import { setTimeout as pause } from 'node:timers/promises'
import { TrancheError } from '../errors.ts'
import { cancelled, unreachable } from './trino-error.ts'
import { patience, type WaitLimits } from './trino-patience.ts'

export interface TrinoConnection {
  /** `https://host:port`; plain http is for a cluster on this machine. */
  readonly url: string
  readonly catalog: string
  readonly schema: string
  readonly user: string
  /** Only ever from the environment, and sent over TLS alone. */
  readonly password?: string
  /** A JSON web token instead of a password. */
  readonly token?: string
  /** PEM texts: the authority that signed the server's certificate, and the client's own pair. */
  readonly tls?: { readonly ca?: string; readonly certificate?: string; readonly key?: string }
  /** What administrators see beside each query. */
  readonly clientTags?: readonly string[]
  readonly sessionProperties?: Readonly<Record<string, string>>
  /** Longest silence of the server within one request. */
  readonly requestTimeoutMs?: number
  /** Longest time in which all work of a query is done and nothing of its result comes. */
  readonly stallTimeoutMs?: number
  /** Longest time of a query in the server's queue. */
  readonly queueTimeoutMs?: number
}

export interface TrinoColumn {
  readonly name: string
  /** As the server writes it: `bigint`, `decimal(38,4)`, `timestamp(6)`, `array(varchar)`, … */
  readonly type: string
}

/** One page of a result: its columns once they are known, and no or some rows. */
export interface TrinoPage {
  readonly queryId: string
  readonly columns: readonly TrinoColumn[] | null
  readonly data: readonly (readonly unknown[])[]
  readonly stats: TrinoStats
  /** Where the next page is; null after the last one. */
  readonly next: string | null
}

/** What a query has cost so far. */
export interface TrinoStats {
  readonly state: string
  readonly processedRows: number
  readonly processedBytes: number
  readonly elapsedTimeMillis: number
  readonly cpuTimeMillis: number
  readonly totalSplits: number
  readonly completedSplits: number
}

export interface Answer {
  readonly id: string
  readonly nextUri?: string
  readonly columns?: readonly TrinoColumn[]
  readonly data?: readonly (readonly unknown[])[]
  readonly stats: TrinoStats
  readonly error?: { readonly message: string; readonly errorName: string; readonly errorType: string }
}

/** What the server says of a query that has not ended. */
export interface RunningQuery {
  readonly queryId: string
  readonly session: {
    readonly user: string
    readonly source?: string
    readonly catalog?: string
    readonly schema?: string
    readonly clientTags: readonly string[]
  }
}

/** What all queries are marked with. */
export const trinoSource = 'tranche'

const attempts = 8
const firstPauseMs = 50
const busy = new Set([429, 502, 503, 504])

/**
 * Trino's client protocol over Node's own HTTP: a statement is posted, and pages are fetched until there is no next.
 * The server keeps every page until the one after it was asked for, so that a page can be asked for again.
 */
export class TrinoClient {
  readonly #connection: TrinoConnection
  readonly #agent: HttpAgent | HttpsAgent
  readonly #secure: boolean
  readonly #headers: Readonly<Record<string, string>>
  readonly #limits: WaitLimits

  constructor(connection: TrinoConnection) {
    this.#connection = connection
    this.#secure = new URL(connection.url).protocol === 'https:'
    if (!this.#secure && (connection.password !== undefined || connection.token !== undefined))
      throw new TrancheError('invalid_input', {
        en: `Credentials are not sent to ${connection.url}: its address must begin with https.`,
        zh: `不会向 ${connection.url} 发送凭据：地址必须以 https 开头。`,
      })
    const { ca, certificate, key } = connection.tls ?? {}
    this.#agent = this.#secure
      ? new HttpsAgent({
          keepAlive: true,
          ...(ca === undefined ? {} : { ca }),
          ...(certificate === undefined ? {} : { cert: certificate }),
          ...(key === undefined ? {} : { key }),
        })
      : new HttpAgent({ keepAlive: true })
    this.#headers = headersOf(connection)
    this.#limits = {
      stallMs: connection.stallTimeoutMs ?? 300_000,
      queueMs: connection.queueTimeoutMs ?? 600_000,
    }
  }

  /**
   * Runs a statement and gives its pages. Leaving the loop early, or aborting, cancels the query on the server.
   * @param rowsAsked false for a statement that is over once the server has done it: its last pages are not asked for
   */
  async *pages(
    statement: string,
    signal: AbortSignal,
    rowsAsked = true,
  ): AsyncGenerator<TrinoPage, void, undefined> {
    let answer = await this.#ask('POST', new URL('/v1/statement', this.#connection.url), statement)
    let finished = false
    let begun = false
    const requirePatience = patience(this.#limits)
    try {
      for (;;) {
        begun ||= answer.stats.totalSplits > 0
        if (answer.error !== undefined) {
          finished = true
          throw new TrinoFailure(answer.id, answer.error, begun)
        }
        yield {
          queryId: answer.id,
          columns: answer.columns ?? null,
          data: answer.data ?? [],
          stats: answer.stats,
          next: answer.nextUri ?? null,
        }
        if (answer.nextUri === undefined || (!rowsAsked && answer.stats.state === 'FINISHED')) {
          finished = true
          return
        }
        if (signal.aborted) throw cancelled()
        requirePatience(answer)
        answer = await this.#ask('GET', new URL(answer.nextUri), undefined, signal)
      }
    } finally {
      if (!finished && answer.nextUri !== undefined) await this.#cancel(new URL(answer.nextUri))
    }
  }

  /**
   * What a query has cost once all its tasks have told: the page that first calls it finished comes before some have.
   * @param next page after the one that called it finished
   */
  async finalStats(next: string, signal: AbortSignal): Promise<TrinoStats> {
    for (let uri = next; ; ) {
      const { nextUri, stats } = await this.#ask('GET', new URL(uri), undefined, signal)
      if (nextUri === undefined) return stats
      uri = nextUri
    }
  }

  /** Queries that have not ended, of those that the user may see: none where a cluster's rules, or a gateway, forbid to ask. */
  async queriesRunning(): Promise<readonly RunningQuery[]> {
    const url = new URL('/v1/query', this.#connection.url)
    const { status, text } = await this.#send('GET', url).catch((error: Error) => {
      throw unreachable(url, error)
    })
    if (status === 403 || status === 404) return []
    if (status !== 200) throw unreachable(url, { status })
    const known = JSON.parse(text) as readonly (RunningQuery & { readonly state: string })[]
    return known.filter(({ state }) => state !== 'FINISHED' && state !== 'FAILED')
  }

  /** Ends a query by its id. One that has ended meanwhile is as good. */
  async end(queryId: string): Promise<void> {
    await this.#send('DELETE', new URL(`/v1/query/${queryId}`, this.#connection.url))
  }

  close(): void {
    this.#agent.destroy()
  }

  async #cancel(nextUri: URL): Promise<void> {
    await this.#send('DELETE', nextUri).catch(() => undefined)
  }

  /** One request and its answer, again while that is safe: the server was not reached, or said that it is busy. */
  async #ask(method: 'GET' | 'POST', url: URL, body?: string, signal?: AbortSignal): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#send(method, url, body, signal).catch((error: Error) => error)
      if (signal?.aborted) throw cancelled()
      if (!(outcome instanceof Error) && outcome.status === 200) return parse(outcome.text)
      const retry = outcome instanceof Error ? isSafe(method, outcome) : busy.has(outcome.status)
      if (!retry || attempt === attempts) throw unreachable(url, outcome)
      await pause(firstPauseMs * 2 ** (attempt - 1) * (0.5 + Math.random()))
    }
  }

  #send(
    method: 'GET' | 'POST' | 'DELETE',
    url: URL,
    body?: string,
    signal?: AbortSignal,
  ): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const request = (this.#secure ? requestHttps : requestHttp)(
        url,
        {
          method,
          agent: this.#agent,
          headers: this.#headers,
          timeout: this.#connection.requestTimeoutMs ?? 120_000,
          ...(signal === undefined ? {} : { signal }),
        },
        (response: IncomingMessage) => {
          const parts: Buffer[] = []
          response.on('data', (part: Buffer) => parts.push(part))
          response.on('error', reject)
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') }),
          )
        },
      )
      request.on('timeout', () => request.destroy(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })))
      request.on('error', reject)
      request.end(body)
    })
  }
}

/** The server's own account of why a query failed. Its message may quote values, so it is kept from people and logs. */
export class TrinoFailure extends Error {
  readonly queryId: string
  readonly errorName: string
  readonly errorType: string
  /** Whether any task was planned: without one nothing was read, and nothing written but by what the coordinator does itself. */
  readonly begun: boolean

  constructor(
    queryId: string,
    { message, errorName, errorType }: NonNullable<Answer['error']>,
    begun: boolean,
  ) {
    super(message)
    this.queryId = queryId
    this.errorName = errorName
    this.errorType = errorType
    this.begun = begun
  }
}

function headersOf(connection: TrinoConnection): Record<string, string> {
  const { password, token, user, sessionProperties, clientTags } = connection
  const session = Object.entries(sessionProperties ?? {}).map(
    ([name, value]) => `${name}=${encodeURIComponent(value)}`,
  )
  return {
    'X-Trino-User': user,
    'X-Trino-Source': trinoSource,
    'X-Trino-Catalog': connection.catalog,
    'X-Trino-Schema': connection.schema,
    'X-Trino-Time-Zone': 'UTC',
    // Without it timestamps are cut to milliseconds.
    'X-Trino-Client-Capabilities': 'PARAMETRIC_DATETIME',
    'Content-Type': 'text/plain; charset=utf-8',
    ...(clientTags === undefined ? {} : { 'X-Trino-Client-Tags': clientTags.join(',') }),
    ...(session.length === 0 ? {} : { 'X-Trino-Session': session.join(',') }),
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    ...(password === undefined
      ? {}
      : { Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }),
  }
}

/** Integers that a double can't hold stay exact, as bigint. */
function parse(text: string): Answer {
  if (!/[\d]{16}/.test(text)) return JSON.parse(text) as Answer
  const exact = (_: string, value: unknown, context: { source?: string }) =>
    typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value) && isInteger(context)
      ? BigInt(context.source!)
      : value
  return JSON.parse(text, exact as (key: string, value: unknown) => unknown) as Answer
}

const isInteger = ({ source }: { source?: string }) => source !== undefined && /^-?\d+$/.test(source)

/** A page may be asked for twice; a statement only where the server can't have seen it. */
function isSafe(method: string, error: Error): boolean {
  const { code } = error as NodeJS.ErrnoException
  if (method === 'GET') return ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT'].includes(code ?? '')
  return code === 'ECONNREFUSED'
}
