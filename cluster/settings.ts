import { randomBytes } from 'node:crypto'
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { accessRules } from './access-rules.ts'
import { credentials, tokenAudience } from './credentials.ts'
import { type Cluster, deployed, type NodeName, nodeNames, place } from './place.ts'

type Properties = Readonly<Record<string, string | number | boolean>>

/** Writes the files that both nodes start from. */
export function writeSettings({ ports }: Pick<Cluster, 'ports'>): void {
  const secret = randomBytes(32).toString('hex')
  for (const name of nodeNames) {
    const etc = join(place.node(name), 'etc')
    write(join(etc, 'node.properties'), {
      'node.environment': 'test',
      'node.id': name,
      'node.data-dir': join(place.node(name), 'data'),
    })
    write(join(etc, 'config.properties'), configOf(name, ports, secret))
    copyFileSync(deployed('trino', 'jvm.config'), join(etc, 'jvm.config'))
    write(join(etc, 'exchange-manager.properties'), {
      ...deployedSettings('exchange-manager.properties'),
      'exchange.base-directories': place.exchange,
    })
    for (const [catalog, properties] of Object.entries(catalogsOf(ports.postgres)))
      write(join(etc, 'catalog', `${catalog}.properties`), properties)
  }
  // Users are told apart where they come in.
  const etc = join(place.node('coordinator'), 'etc')
  const rules = join(etc, 'rules.json')
  writeLines(rules, [JSON.stringify(accessRules, null, 2)])
  write(join(etc, 'access-control.properties'), {
    'access-control.name': 'file',
    'security.config-file': rules,
  })
  write(join(etc, 'password-authenticator.properties'), {
    'password-authenticator.name': 'file',
    'file.password-file': credentials.passwords,
  })
}

function configOf(name: NodeName, ports: Cluster['ports'], secret: string): Properties {
  return {
    ...deployedSettings(`${name}.properties`),
    ...(name === 'coordinator' ? toldApart(ports) : {}),
    'http-server.http.port': ports[name],
    'node.internal-address': '127.0.0.1',
    'discovery.uri': `http://127.0.0.1:${ports.coordinator}`,
    'internal-communication.shared-secret': secret,
    'query.remote-task.max-error-duration': '20s',
  }
}

/** Over TLS users prove who they are; over plain HTTP, which no other machine reaches, it is enough to say so. */
function toldApart({ secure }: Cluster['ports']): Properties {
  return {
    'http-server.https.enabled': true,
    'http-server.https.port': secure,
    'http-server.https.keystore.path': credentials.server,
    'http-server.https.truststore.path': credentials.authority,
    'http-server.authentication.type': 'CERTIFICATE,JWT,PASSWORD',
    'http-server.authentication.allow-insecure-over-http': true,
    'http-server.authentication.certificate.user-mapping.pattern': 'CN=(.*)',
    'http-server.authentication.jwt.key-file': credentials.tokenPublicKey,
    'http-server.authentication.jwt.required-audience': tokenAudience,
  }
}

/** `lake` for tables of runs, `state` for what the program keeps in PostgreSQL, others as a bank has them, for tests. */
function catalogsOf(postgresPort: number): Readonly<Record<string, Properties>> {
  const database = (name: string) => `jdbc:postgresql://127.0.0.1:${postgresPort}/${name}`
  return {
    lake: {
      ...deployedSettings('catalog', 'lake.properties'),
      'iceberg.jdbc-catalog.connection-url': database('lake'),
      'iceberg.jdbc-catalog.connection-password': 'trusted',
      ...localFiles,
    },
    state: {
      ...deployedSettings('catalog', 'state.properties'),
      'connection-url': database('state'),
      'connection-password': 'trusted',
    },
    hive: { 'connector.name': 'hive', ...filesOf('hive') },
    delta: {
      'connector.name': 'delta_lake',
      'delta.enable-non-concurrent-writes': true,
      ...filesOf('delta'),
    },
    memory: { 'connector.name': 'memory' },
    tpch: { 'connector.name': 'tpch' },
  }
}

const localFiles: Properties = { 'fs.native-local.enabled': true, 'local.location': place.shared }

/** Catalogs of files whose metastore is a folder too. */
function filesOf(folder: string): Properties {
  return { 'hive.metastore': 'file', 'hive.metastore.catalog.dir': `local:///${folder}`, ...localFiles }
}

function deployedSettings(...path: readonly string[]): Properties {
  const lines = readFileSync(deployed('trino', ...path), 'utf8').split('\n')
  return Object.fromEntries(
    lines.filter((line) => line.includes('=')).map((line) => /^(.*?)=(.*)$/.exec(line)!.slice(1)),
  )
}

function write(file: string, properties: Properties): void {
  writeLines(
    file,
    Object.entries(properties).map(([name, value]) => `${name}=${value}`),
  )
}

function writeLines(file: string, lines: readonly string[]): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${lines.join('\n')}\n`)
}
