import type { ServerResponse } from 'node:http';
import { Controller, Inject, Res } from '@nestjs/common';
import { DOCUMENT } from '../app/tokens.js';
import { Operation } from '../http/operation.decorator.js';
import { docsPage } from './page.js';

@Controller()
export class DocsController {
  private readonly page: { html: string; policy: string };

  constructor(@Inject(DOCUMENT) private readonly document: object) {
    this.page = docsPage(document);
  }

  @Operation('openapi')
  openapi(): object {
    return this.document;
  }

  @Operation('docs')
  docs(@Res({ passthrough: true }) response: ServerResponse): string {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.setHeader('Content-Security-Policy', this.page.policy);
    return this.page.html;
  }
}
