// Compiles a tsconfig's files to its outDir, with Swagger's plugin, which writes what DTOs and their comments say into the
// API's description. In a process of its own, so that the compiler's memory is freed afterwards.
import path from 'node:path';
import { before as describeApi } from '@nestjs/swagger/plugin';
import ts from 'typescript';
import { fail } from './project.mjs';

const swagger = {
  introspectComments: true,
  classValidatorShim: true,
  esmCompatible: true,
  dtoFileNameSuffix: ['.dto.ts'],
};

const config = path.resolve(process.argv[2]);
const host = {
  getCanonicalFileName: (file) => file,
  getCurrentDirectory: () => process.cwd(),
  getNewLine: () => '\n',
};
const { config: json, error } = ts.readConfigFile(config, ts.sys.readFile);
refuse(error === undefined ? [] : [error]);
const { options, fileNames, errors } = ts.parseJsonConfigFileContent(json, ts.sys, path.dirname(config));
refuse(errors);
const program = ts.createProgram(fileNames, options);
refuse(ts.getPreEmitDiagnostics(program));
refuse(
  program.emit(undefined, undefined, undefined, false, { before: [describeApi(swagger, program)] })
    .diagnostics,
);

function refuse(diagnostics) {
  if (diagnostics.length > 0) fail(ts.formatDiagnostics(diagnostics, host));
}
