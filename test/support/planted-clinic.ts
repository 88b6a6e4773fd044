// A small Java service with twenty conventions; its list was written after most miners, of which it then found twelve.
import { commitsOf, type Plant, type Planted } from './planted.ts';

const held = (what: string, claim: RegExp): Plant => ({ what, claim, heldOut: true });
const PLANTS: readonly Plant[] = [
  held('the Gradle wrapper builds', /\.\/gradlew build/),
  held('Java 21', /Java 21/),
  held('CI checks the format', /gradlew spotlessCheck/),
  held('services are named *Service.java', /\*?Service\.java/),
  held('controllers are named *Controller.java', /\*?Controller\.java/),
  held('tests are *Test.java under src/test', /Tests.*\*Test\.java/),
  held('licence header', /Copyright Clinic/),
  held('exceptions extend ClinicException', /ClinicException/),
  held('migrations are numbered', /migration.*(?:number|digit|V\d)/i),
  held('commit subjects begin with the ticket', /begin with the ticket.*CLIN/),
  held('indentation of 4 spaces', /4 spaces/),
  held('constructors by Lombok', /@RequiredArgsConstructor/),
  held('loggers by Lombok', /@Slf4j/),
  held('reads are @Transactional(readOnly = true)', /@Transactional\(readOnly = true\)/),
  held('services are found by @Service', /`@Service`/),
  held('paths begin with /api/v1', /\/api\/v1/),
  held('constants are in SCREAMING_CASE', /SCREAMING/),
  held('test names begin with should', /should/),
  held('error messages are sentences', /messages are sentences/),
  held('decisions are numbered records in docs/adr', /docs\/adr.*(?:number|digit)/),
];

const THINGS = ['Patient', 'Doctor', 'Visit', 'Invoice', 'Recipe', 'Room', 'Nurse', 'Ward', 'Insurance'];
const BASE = 'src/main/java/org/clinic';
const HEADER = '// Copyright Clinic Authors, see LICENSE.';

const filesOf = (thing: string, i: number): Record<string, string> => ({
  [`${BASE}/service/${thing}Service.java`]: `${HEADER}
package org.clinic.service;

import lombok.RequiredArgsConstructor;
import lombok.extern.slf4j.Slf4j;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

@Slf4j
@Service
@RequiredArgsConstructor
public class ${thing}Service {
    private static final int MAX_${thing.toUpperCase()}S = ${i + 10};
    private final ${thing}Repository repository;

    @Transactional(readOnly = true)
    public ${thing} find(long id) {
        log.debug("find {}", id);
        return repository.findById(id).orElseThrow(() -> new ${thing}MissingException(id));
    }
}
`,
  [`${BASE}/web/${thing}Controller.java`]: `${HEADER}
package org.clinic.web;

import lombok.RequiredArgsConstructor;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequiredArgsConstructor
@RequestMapping("/api/v1/${thing.toLowerCase()}s")
public class ${thing}Controller {
    private final ${thing}Service service;

    @GetMapping("/{id}")
    public ResponseEntity<${thing}> get(long id) {
        return ResponseEntity.ok(service.find(id));
    }
}
`,
  [`${BASE}/error/${thing}MissingException.java`]: `${HEADER}
package org.clinic.error;

public class ${thing}MissingException extends ClinicException {
    public ${thing}MissingException(long id) {
        super("The ${thing.toLowerCase()} " + id + " does not exist.");
    }
}
`,
  [`src/test/java/org/clinic/service/${thing}ServiceTest.java`]: `${HEADER}
package org.clinic.service;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ${thing}ServiceTest {
    @Test
    void shouldFind${thing}() {
        assertThat(new ${thing}Service(null)).isNotNull();
    }
}
`,
  [`src/main/resources/db/migration/V${i + 1}__create_${thing.toLowerCase()}.sql`]: `create table ${thing.toLowerCase()} (id bigint primary key);\n`,
  [`docs/adr/${String(i + 1).padStart(4, '0')}-${thing.toLowerCase()}.md`]: `# Keep the ${thing.toLowerCase()} in one table\n\nDecided.\n`,
});

export const CLINIC: Planted = {
  name: 'clinic (Java)',
  plants: PLANTS,
  files: Object.assign(
    {
      'build.gradle.kts':
        'plugins {\n    java\n    id("com.diffplug.spotless") version "6.25.0"\n}\n\njava {\n    toolchain { languageVersion = JavaLanguageVersion.of(21) }\n}\n',
      gradlew: '#!/bin/sh\nexec java -jar gradle/wrapper/gradle-wrapper.jar "$@"\n',
      'README.md': '# Clinic\n\nKeeps the records of a small clinic.\n',
      '.github/workflows/ci.yml':
        'name: ci\non: [push]\njobs:\n  build:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: ./gradlew spotlessCheck\n      - run: ./gradlew build\n',
      [`${BASE}/error/ClinicException.java`]: `${HEADER}\npackage org.clinic.error;\n\npublic abstract class ClinicException extends RuntimeException {\n    protected ClinicException(String message) {\n        super(message);\n    }\n}\n`,
    },
    ...THINGS.map(filesOf),
  ),
  commits: commitsOf(THINGS.flatMap((t, i) => [`CLIN-${i + 1}: keep ${t}`, `CLIN-${i + 1}: test ${t}`])),
  branches: ['main'],
};
