-- One row an invoice issued by the as-of date. state: what became of it by then (accepted as it came, disputed,
-- corrected), or pending.
SELECT
    invoice.invoice_id, invoice.engagement_id, engagement.cro_id, engagement.cro, engagement.study_id,
    engagement.service_type, engagement.currency, engagement.rate, invoice.issued, invoice.issued AS event_date,
    invoice.amount::DOUBLE AS amount, coalesce(invoice.outcome, 'pending') AS state, invoice.outcome_on,
    invoice.settled, invoice.upload
FROM known_invoices AS invoice
JOIN fact_engagement AS engagement ON engagement.engagement_id = invoice.engagement_id
WHERE invoice.issued IS NOT NULL
