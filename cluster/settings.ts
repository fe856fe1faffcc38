import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { accessRules } from './access-rules.ts'
import { type Cluster, type NodeName, nodeNames, place } from './place.ts'

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
    writeLines(join(etc, 'jvm.config'), [
      '-server',
      '-Xmx2G',
      '-XX:+ExitOnOutOfMemoryError',
      '-XX:ReservedCodeCacheSize=256M',
      '-Djdk.attach.allowAttachSelf=true',
      '--enable-native-access=ALL-UNNAMED',
    ])
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
}

function configOf(name: NodeName, ports: Cluster['ports'], secret: string): Properties {
  return {
    coordinator: name === 'coordinator',
    ...(name === 'coordinator' ? { 'node-scheduler.include-coordinator': true } : {}),
    'http-server.http.port': ports[name],
    'node.internal-address': '127.0.0.1',
    'discovery.uri': `http://127.0.0.1:${ports.coordinator}`,
    'internal-communication.shared-secret': secret,
    'query.max-memory-per-node': '700MB',
    'memory.heap-headroom-per-node': '400MB',
    'query.remote-task.max-error-duration': '20s',
  }
}

/** `lake` for tables of runs, `state` for what the program keeps in PostgreSQL, others as a bank has them, for tests. */
function catalogsOf(postgresPort: number): Readonly<Record<string, Properties>> {
  const database = (name: string) => `jdbc:postgresql://127.0.0.1:${postgresPort}/${name}`
  return {
    lake: {
      'connector.name': 'iceberg',
      'iceberg.catalog.type': 'jdbc',
      'iceberg.jdbc-catalog.catalog-name': 'lake',
      'iceberg.jdbc-catalog.driver-class': 'org.postgresql.Driver',
      'iceberg.jdbc-catalog.connection-url': database('lake'),
      'iceberg.jdbc-catalog.connection-user': 'postgres',
      'iceberg.jdbc-catalog.connection-password': 'trusted',
      'iceberg.jdbc-catalog.default-warehouse-dir': 'local:///warehouse',
      'iceberg.jdbc-catalog.schema-version': 'V1',
      'iceberg.add-files-procedure.enabled': true,
      'iceberg.register-table-procedure.enabled': true,
      ...localFiles,
    },
    state: {
      'connector.name': 'postgresql',
      'connection-url': database('state'),
      'connection-user': 'postgres',
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
