"""The demo portfolio: invented CROs and studies, told month by month as CSV uploads."""
